/** One occurrence of an event type, with its data. */
export interface LeadhooksEvent<Type extends string = string, Data = unknown> {
  /** Unique in its organization; receivers see it as `webhook-id`. */
  id: string
  organizationId: string
  type: Type
  data: Data
  /** Whether its data was removed: `data` is null then. */
  redacted: boolean
  /** Webhooks with channels get it only where one of them is among these. */
  channels: string[]
  /** Webhooks that ask for it get the events of a key one after the other. Null: in no order. */
  orderingKey: string | null
  createdAt: Date
}

/** An event as storage keeps it: with the body that every attempt sends, byte for byte, unless its webhook has another made. */
export interface StoredEvent {
  id: string
  organizationId: string
  type: string
  /** `{ "id", "event", "timestamp", "data" }`, serialized once; '' once it was redacted. */
  body: string
  /** Null: none. */
  channels: string[] | null
  orderingKey: string | null
  /** Where the span of its dispatch is found, as the W3C writes it: attempts are linked to it. Null: it was not traced. */
  traceparent: string | null
  createdAt: Date
}
