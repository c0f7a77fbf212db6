// How the page looks: one accent, quiet greys, small corners.

import { createTheme, type MantineColorsTuple } from "@mantine/core";

const INDIGO: MantineColorsTuple = [
  "#eef2ff",
  "#e0e7ff",
  "#c7d2fe",
  "#a5b4fc",
  "#818cf8",
  "#6366f1",
  "#4f46e5",
  "#4338ca",
  "#3730a3",
  "#312e81",
];

/** Greys of a dark room: cooler and deeper than the library's own. */
const DARK: MantineColorsTuple = [
  "#d6d9e0",
  "#aeb3bf",
  "#8b919f",
  "#646a78",
  "#3a3f4b",
  "#2b2f39",
  "#22252d",
  "#181a20",
  "#121419",
  "#0c0d11",
];

/** The theme of the whole page. */
export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 6, dark: 6 },
  colors: { indigo: INDIGO, dark: DARK },
  defaultRadius: "md",
  fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", sans-serif',
  headings: { fontWeight: "650" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    Modal: { defaultProps: { centered: true, closeButtonProps: { "aria-label": "Close" } } },
    Drawer: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
  },
});
