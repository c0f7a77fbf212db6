"use client";

// Keeps the newest value of a render within reach of callbacks that outlive that render.

import { type RefObject, useInsertionEffect, useRef } from "react";

/**
 * A reference to the value of the latest committed render.
 *
 * Written in an insertion effect, which runs before every other effect: a listener that is called
 * from a layout effect already sees the new value, and a render that React throws away is never
 * seen.
 */
export function useLatest<T>(value: T): Readonly<RefObject<T>> {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
