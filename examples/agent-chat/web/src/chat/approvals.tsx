// What agents want to be allowed.

import { Chat, type SessionId } from "@tautline/agent-chat";
import { useQuestion } from "@tautline/react";
import { ApprovalCard } from "./approval-card.js";

/** The open questions of one conversation, above the place where one writes. */
export function Approvals({ sessionId }: { sessionId: SessionId }) {
  const questions = useQuestion(Chat.questions.approveTool).filter(
    ({ payload }) => payload.sessionId === sessionId,
  );
  return questions.map((question) => (
    <div key={question.id} className="approval-place">
      <ApprovalCard question={question} />
    </div>
  ));
}
