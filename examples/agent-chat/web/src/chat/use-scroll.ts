// Keeps a timeline where its reader wants it: at the end while they are there, and in place while older pages come.

import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

/** The place of a reader. */
export interface Scroll {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly isAtEnd: boolean;
  onScroll(): void;
  toEnd(): void;
}

/** Nearer than this is the end, and nearer than this is the beginning. */
const END = 80;
const BEGINNING = 160;

interface Watched {
  /** Changes whenever something is added at the end, or grows there. */
  readonly end: unknown;
  /** The first row: another one means that older ones came before it. */
  readonly first: string | undefined;
  onBeginning(): void;
}

/** Watches the box. */
export function useScroll({ end, first, onBeginning }: Watched): Scroll {
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const before = useRef<{ first: string | undefined; height: number }>({
    first: undefined,
    height: 0,
  });

  const toEnd = useCallback(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `end` says when to look again.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const { first: wasFirst, height } = before.current;
    if (isAtEnd) element.scrollTop = element.scrollHeight;
    else if (wasFirst !== undefined && wasFirst !== first) {
      element.scrollTop += element.scrollHeight - height;
    }
    before.current = { first, height: element.scrollHeight };
  }, [end, first, isAtEnd]);

  // What grows by itself (a picture, a text that is written, the composer below) does not push the end away.
  useLayoutEffect(() => {
    const element = box.current;
    const content = element?.firstElementChild;
    if (!element || !content || typeof ResizeObserver === "undefined" || !isAtEnd) return;
    const observer = new ResizeObserver(() => {
      element.scrollTop = element.scrollHeight;
    });
    observer.observe(content);
    observer.observe(element);
    return () => observer.disconnect();
  }, [isAtEnd]);

  return {
    box,
    isAtEnd,
    toEnd,
    onScroll() {
      const element = box.current;
      if (!element) return;
      setIsAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < END);
      if (element.scrollTop < BEGINNING) onBeginning();
    },
  };
}
