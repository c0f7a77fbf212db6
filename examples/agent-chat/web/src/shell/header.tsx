// The head of the page: the menu on a phone, the search, the connection, the colours, and who one is.

import {
  ActionIcon,
  Burger,
  Button,
  Group,
  Kbd,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { spotlight } from "@mantine/spotlight";
import { IconMoon, IconSearch, IconSun } from "@tabler/icons-react";
import { ConnectionPill } from "./connection-pill.js";
import { UserMenu } from "./user-menu.js";

interface HeaderProps {
  readonly isMenuOpen: boolean;
  readonly onMenu: () => void;
}

/** What stands above every page. */
export function Header({ isMenuOpen, onMenu }: HeaderProps) {
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap">
        <Burger
          opened={isMenuOpen}
          onClick={onMenu}
          hiddenFrom="sm"
          size="sm"
          aria-label={isMenuOpen ? "Close menu" : "Open menu"}
        />
        <Button
          variant="default"
          size="xs"
          h={34}
          c="dimmed"
          fw={450}
          leftSection={<IconSearch size={15} aria-hidden />}
          rightSection={<Kbd size="xs">Ctrl K</Kbd>}
          visibleFrom="xs"
          onClick={spotlight.open}
        >
          Search or jump to
        </Button>
        <ActionIcon
          size="lg"
          hiddenFrom="xs"
          aria-label="Search or jump to"
          onClick={spotlight.open}
        >
          <IconSearch size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <Group gap="xs" wrap="nowrap">
        <ConnectionPill />
        <ColorSwitch />
        <UserMenu />
      </Group>
    </Group>
  );
}

function ColorSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Tooltip label={`Use ${other} colours`}>
      <ActionIcon
        size="lg"
        aria-label={`Use ${other} colours`}
        onClick={() => setColorScheme(other)}
      >
        {scheme === "dark" ? <IconSun size={18} aria-hidden /> : <IconMoon size={18} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
