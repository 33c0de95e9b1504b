// The alias of Express 4 has no types of its own; for what the tests use, those of 5 hold.
declare module 'express4' {
  export { default } from 'express'
}
