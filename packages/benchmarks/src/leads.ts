/** The data of a lead, such that the whole body of its event has 500 bytes. */
export function leadData(n: number): { id: string; name: string; email: string; note: string } {
  return { id: `lead_${n}`, name: 'John Doe', email: 'john@example.com', note: 'x'.repeat(310) }
}

export const webhookCount = 10
/** Ten webhooks of five organizations, each with an event type of its own, so that an event makes one delivery. */
export const organizationOf = (webhook: number): string => `org_${webhook % 5}`
export const eventTypeOf = (webhook: number): string => `lead_${webhook}`
