/** The command line or the config file is not what it has to be: the user can put it right. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
