"use client";

// The one place that knows that React 18 complains about layout effects on a server.

import { useEffect, useLayoutEffect } from "react";

/**
 * `useLayoutEffect` in a browser, `useEffect` (which does nothing either) on a server.
 *
 * Subscriptions start here: a layout effect runs in the same task as the commit, so no event of the
 * socket fits between "the component is on the page" and "the component listens". A passive effect
 * may run a task later.
 */
export const useSubscriptionEffect = typeof window === "undefined" ? useEffect : useLayoutEffect;
