// Who one is, and the way out.

import { Button, Group, Menu, Modal, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLogout } from "@tabler/icons-react";
import { useClient, useOutbox } from "@tautline/react";
import { useIdentityStore, useSubject } from "../identity/identity-context.js";
import { Who } from "../parts/who.js";
import { nameOf } from "../state/words.js";

/** The menu of the person who is signed in. */
export function UserMenu() {
  const subject = useSubject();
  const identity = useIdentityStore();
  const client = useClient();
  const waiting = useOutbox(({ entries }) => entries.length);
  const [isAsking, asking] = useDisclosure();

  async function leave() {
    // On a computer that others use as well, nothing of what was written stays behind.
    await client.outbox.clear();
    client.close();
    identity.clear();
  }

  return (
    <>
      <Menu position="bottom-end" width={220} withArrow>
        <Menu.Target>
          <UnstyledButton aria-label={`Account of ${nameOf(subject)}`} style={{ borderRadius: 99 }}>
            <Who subject={subject} size={34} />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Signed in as {nameOf(subject)}</Menu.Label>
          <Menu.Item
            leftSection={<IconLogout size={16} aria-hidden />}
            onClick={() => (waiting > 0 ? asking.open() : void leave())}
          >
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={isAsking} onClose={asking.close} title="Sign out without sending?">
        <Text size="sm">
          {waiting === 1 ? "One thing that you wrote has" : `${waiting} things that you wrote have`}{" "}
          not been sent. Signing out throws {waiting === 1 ? "it" : "them"} away.
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={asking.close}>
            Stay
          </Button>
          <Button color="red" onClick={() => void leave()}>
            Discard and sign out
          </Button>
        </Group>
      </Modal>
    </>
  );
}
