// Changes of a conversation itself: its title, and who takes part.

import { Autocomplete, Modal, TextInput } from "@mantine/core";
import { Chat, type Session } from "@tautline/agent-chat";
import { useCommand } from "@tautline/react";
import { useState } from "react";
import { fieldWords } from "../problems/field-problems.js";
import { ProblemForm } from "../problems/problem-form.js";
import { useCandidates } from "../shell/new-session.js";
import { useSessions } from "../state/sessions-context.js";

interface SessionFormProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly session: Session;
}

/** Gives a conversation another title. */
export function RenameSession({ opened, onClose, session }: SessionFormProps) {
  const rename = useCommand(Chat.commands.renameSession);
  const { put } = useSessions();
  const [title, setTitle] = useState(session.title);
  const problem = rename.last?.ok === false ? rename.last.problem : undefined;

  async function submit() {
    const result = await rename.run({ sessionId: session.sessionId, title: title.trim() });
    if (!result.ok) return;
    put(result.value);
    onClose();
  }

  return (
    <Modal opened={opened} onClose={onClose} title="Rename conversation">
      <ProblemForm
        problem={problem}
        isBusy={rename.inFlight > 0}
        verb="Rename"
        onSubmit={() => void submit()}
        onCancel={onClose}
      >
        <TextInput
          label="Title"
          data-autofocus
          maxLength={120}
          value={title}
          error={fieldWords(problem, { title: "title" }).fields["title"]}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
      </ProblemForm>
    </Modal>
  );
}

/** Takes somebody into a conversation. */
export function InviteMember({ opened, onClose, session }: SessionFormProps) {
  const invite = useCommand(Chat.commands.invite);
  const { put } = useSessions();
  const [member, setMember] = useState("");
  const problem = invite.last?.ok === false ? invite.last.problem : undefined;
  const candidates = useCandidates().map(({ group, items }) => ({
    group,
    items: items.filter((it) => !session.members.includes(it)),
  }));

  async function submit() {
    const name = member.trim().toLowerCase();
    const result = await invite.run({ sessionId: session.sessionId, member: name });
    if (!result.ok) return;
    put(result.value);
    setMember("");
    onClose();
  }

  return (
    <Modal opened={opened} onClose={onClose} title="Invite to this conversation">
      <ProblemForm
        problem={problem}
        isBusy={invite.inFlight > 0}
        verb="Invite"
        onSubmit={() => void submit()}
        onCancel={onClose}
      >
        <Autocomplete
          label="Person or agent"
          placeholder="planner"
          data-autofocus
          data={candidates}
          value={member}
          error={fieldWords(problem, { member: "member" }).fields["member"]}
          onChange={setMember}
        />
      </ProblemForm>
    </Modal>
  );
}
