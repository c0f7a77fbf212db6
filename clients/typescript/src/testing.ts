// The door for tests of apps: a server in memory and a clock in the test's hand.

export { type ManualClock, manualClock } from "./manual-clock.js";
export {
  type FakeAnswer,
  type FakeCall,
  type FakeConnect,
  type FakeHandler,
  type FakeServer,
  fakeServer,
  positioned,
  refuse,
} from "./memory-transport.js";
export type { Position, Standing, Welcome, WireMeta } from "./wire.js";
