// The icons that agents may name on their cards.

import {
  IconBug,
  IconChecklist,
  IconCode,
  IconDatabase,
  IconFeather,
  IconListCheck,
  IconMail,
  IconMap,
  IconPencil,
  type IconProps,
  IconRobot,
  IconRoute,
  IconSearch,
  IconSparkles,
  IconWorld,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

const ICONS: Readonly<Record<string, ComponentType<IconProps>>> = {
  bug: IconBug,
  checklist: IconChecklist,
  code: IconCode,
  database: IconDatabase,
  feather: IconFeather,
  "list-check": IconListCheck,
  "list-checks": IconListCheck,
  mail: IconMail,
  map: IconMap,
  pen: IconPencil,
  pencil: IconPencil,
  route: IconRoute,
  search: IconSearch,
  sparkles: IconSparkles,
  world: IconWorld,
};

/** The icon of an agent's card; an unknown one is a robot. */
export function AgentIcon({ name, size }: { name: string; size: number }) {
  const Icon = ICONS[name] ?? IconRobot;
  return <Icon size={size} aria-hidden />;
}
