// The mark of the page: a line that is drawn tight around a post.

/** The mark alone; whoever shows it beside the name hides it from screen readers. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" fill="var(--mantine-color-indigo-6)" />
      <path
        d="M8 21.5c4.5 0 5.5-11 10-11a4 4 0 0 1 0 8H8.5"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
      <circle cx="23.5" cy="21.5" r="2" fill="var(--mantine-color-indigo-3)" />
    </svg>
  );
}
