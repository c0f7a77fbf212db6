// One question of an agent: may it use a tool?

import { Badge, Button, Code, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { IconShieldQuestion } from "@tabler/icons-react";
import type { ApprovalDeclined, Decision, ToolCall } from "@tautline/agent-chat";
import type { OpenQuestion, Problem, Result } from "@tautline/react";
import { type FormEvent, useState } from "react";
import { useDisplayName } from "../parts/display-name.js";
import { useNow } from "../parts/use-now.js";
import { ProblemAlert } from "../problems/problem-alert.js";
import { relativeWords } from "../state/words.js";
import "./approval-card.css";
import { Disclosure } from "./message-body.js";

interface ApprovalCardProps {
  readonly question: OpenQuestion<ToolCall, Decision, ApprovalDeclined>;
}

/** The question, and what may be answered. It goes away when anybody has answered. */
export function ApprovalCard({ question }: ApprovalCardProps) {
  const { payload, expiresAt } = question;
  const name = useDisplayName(payload.agentId);
  const now = useNow(10_000);
  const [isDeclining, setIsDeclining] = useState(false);
  const [reason, setReason] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  async function settle(answer: Promise<Result<void, never>>) {
    setIsBusy(true);
    const result = await answer;
    setIsBusy(false);
    setProblem(result.ok ? undefined : result.problem);
  }

  function decline(event: FormEvent) {
    event.preventDefault();
    const params = { reason: reason.trim() || "No reason was given." };
    void settle(question.decline({ code: "approval_declined.not_approved", params }));
  }

  return (
    <Paper
      component="section"
      className="approval"
      aria-label={`Approval: ${payload.tool}`}
      withBorder
      p="md"
    >
      <Stack gap="xs">
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <IconShieldQuestion size={20} aria-hidden className="approval-icon" />
          <div style={{ flex: 1, minWidth: 0 }}>
            <Group gap={6}>
              <Text size="sm">
                <strong>{name}</strong> asks to use
              </Text>
              <Code fz="xs">{payload.tool}</Code>
              <Badge size="xs" variant="light" color="gray" tt="none" ml="auto">
                expires {relativeWords(expiresAt, now)}
              </Badge>
            </Group>
            <Text size="sm" mt={4}>
              {payload.summary}
            </Text>
            <Disclosure label="Arguments">
              <Code block>{JSON.stringify(payload.arguments, undefined, 2)}</Code>
            </Disclosure>
          </div>
        </Group>
        {problem && <ProblemAlert problem={problem} />}
        {isDeclining ? (
          <form onSubmit={decline}>
            <Group gap="xs" align="flex-end">
              <TextInput
                flex={1}
                size="xs"
                label="Why not?"
                autoFocus
                maxLength={200}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
              <Button size="xs" type="submit" color="red" loading={isBusy}>
                Decline
              </Button>
              <Button size="xs" variant="default" onClick={() => setIsDeclining(false)}>
                Back
              </Button>
            </Group>
          </form>
        ) : (
          <Group gap="xs">
            <Button size="xs" loading={isBusy} onClick={() => void settle(question.answer("once"))}>
              Allow once
            </Button>
            <Button
              size="xs"
              variant="light"
              disabled={isBusy}
              onClick={() => void settle(question.answer("session"))}
            >
              Allow for this conversation
            </Button>
            <Button
              size="xs"
              variant="subtle"
              color="red"
              disabled={isBusy}
              onClick={() => setIsDeclining(true)}
            >
              Decline
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
