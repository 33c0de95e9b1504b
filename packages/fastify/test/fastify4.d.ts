// Checked with the types of Fastify 5, which hold for what the tests use of 4.
declare module 'fastify4' {
  export { default } from 'fastify'
}
