/** As much of an ioredis client as decisions need: a `Redis` or a `Cluster`, of any version that has these. */
export interface RedisClient {
  evalsha(sha: string, keyCount: number, ...keysAndValues: (string | number)[]): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndValues: (string | number)[]): Promise<unknown>
}

/** As much of it as news need. */
export interface RedisPublisher {
  publish(channel: string, message: string): Promise<unknown>
  /** A connection of its own: one that is subscribed can do nothing else. */
  duplicate(options?: object): RedisSubscriber
}

export interface RedisSubscriber {
  subscribe(channel: string): Promise<unknown>
  ping(): Promise<unknown>
  on(event: 'message', listener: (channel: string, message: string) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'ready', listener: () => void): unknown
  disconnect(): void
}
