// What the tests of a host, an adapter or Leadhooks itself are written with.
export { type FakeClock, fakeClock } from './fake-clock.ts'
export {
  type Answer,
  drip,
  earlyHints,
  endlessBody,
  hang,
  hangUp,
  hugeHeaders,
  junk,
  type ReceivedRequest,
  type ReceiverOptions,
  redirectTo,
  resetInBody,
  type Responder,
  type ScriptedReceiver,
  startReceiver,
} from './scripted-receiver.ts'
