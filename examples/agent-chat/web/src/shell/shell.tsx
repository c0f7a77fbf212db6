// The frame of the page: the head, the list of conversations, and what is looked at.

import { AppShell } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useEffect } from "react";
import { Outlet, useLocation } from "react-router";
import { SessionsProvider } from "../state/sessions-context.js";
import { CommandPalette } from "./command-palette.js";
import { Header } from "./header.js";
import { HeldRooms } from "./held-rooms.js";
import { LostBanner } from "./lost-banner.js";
import { NewSession } from "./new-session.js";
import { Sidebar } from "./sidebar.js";
import "./shell.css";

/** Around the dashboard and the conversations. It stays while one moves between them, and with it their rooms. */
export function Shell() {
  const [isOpen, menu] = useDisclosure();
  const [isMaking, making] = useDisclosure();
  const { pathname } = useLocation();
  const { close } = menu;
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a phone, whoever has gone somewhere wants to see it.
  useEffect(close, [pathname, close]);

  return (
    <SessionsProvider>
      <HeldRooms />
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <AppShell
        layout="alt"
        header={{ height: 56 }}
        navbar={{ width: 288, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
        padding={0}
      >
        <AppShell.Header className="shell-header" withBorder>
          <Header isMenuOpen={isOpen} onMenu={menu.toggle} />
        </AppShell.Header>
        <AppShell.Navbar className="shell-navbar" withBorder>
          <Sidebar onClose={menu.close} onNewSession={making.open} />
        </AppShell.Navbar>
        <AppShell.Main className="shell-main" id="main" tabIndex={-1}>
          <LostBanner />
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <NewSession opened={isMaking} onClose={making.close} />
      <CommandPalette onNewSession={making.open} />
    </SessionsProvider>
  );
}
