// What goes on: what waits for approval, tasks by their status, and the agents.

import { Button, Container, Drawer, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { Chat, type TaskStatus } from "@tautline/agent-chat";
import { useQuestion, useRoomState } from "@tautline/react";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { ApprovalCard } from "../chat/approval-card.js";
import { useSubject } from "../identity/identity-context.js";
import { nameOf } from "../state/words.js";
import { dashboardState } from "../state/work-states.js";
import { AgentList } from "./agent-list.js";
import "./dashboard.css";
import { NewTask } from "./new-task.js";
import { StatusTiles } from "./status-tiles.js";
import { TaskDetail } from "./task-detail.js";
import { TaskList } from "./task-list.js";

/** The first page; with a task's address, that task is open beside it. */
export function Dashboard() {
  const owner = useSubject();
  const { taskId } = useParams();
  const navigate = useNavigate();
  const { state, problem } = useRoomState(dashboardState, { owner });
  const questions = useQuestion(Chat.questions.approveTool);
  const [filter, setFilter] = useState<TaskStatus>();
  const [isMaking, making] = useDisclosure();

  return (
    <div className="shell-page dashboard">
      <title>Dashboard · Agent chat</title>
      <Container size={1180} py="lg" px={{ base: "sm", sm: "lg" }}>
        <Stack gap="lg">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <div>
              <Title order={1} fz={24}>
                Dashboard
              </Title>
              <Text c="dimmed" size="sm">
                {greeting(nameOf(owner))}
              </Text>
            </div>
            <Button
              flex="none"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={making.open}
            >
              New task
            </Button>
          </Group>
          {questions.length > 0 && (
            <section aria-labelledby="to-approve">
              <Title order={2} fz={16} mb="sm" id="to-approve">
                Waiting for you
              </Title>
              <SimpleGrid cols={{ base: 1, md: 2 }}>
                {questions.map((question) => (
                  <ApprovalCard key={question.id} question={question} />
                ))}
              </SimpleGrid>
            </section>
          )}
          <StatusTiles counts={state?.counts} filter={filter} onFilter={setFilter} />
          <div className="dashboard-columns">
            <TaskList
              tasks={state?.tasks}
              problem={problem}
              filter={filter}
              onNewTask={making.open}
            />
            <AgentList />
          </div>
        </Stack>
      </Container>
      <Drawer
        opened={taskId !== undefined}
        onClose={() => navigate("/")}
        position="right"
        size="min(560px, 100vw)"
        title="Task"
      >
        {taskId !== undefined && <TaskDetail key={taskId} taskId={taskId} />}
      </Drawer>
      <NewTask opened={isMaking} onClose={making.close} />
    </div>
  );
}

function greeting(name: string): string {
  const hour = new Date().getHours();
  const time = hour < 5 ? "evening" : hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening";
  return `Good ${time}, ${name}. Here is what your agents are doing.`;
}
