import type { z } from 'zod'
import type { Context } from '../context.ts'
import { notFound } from '../errors.ts'
import { organizationId, parseInput, scoped } from '../input.ts'
import type { Webhook } from '../model/webhook.ts'
import { type List, pageInput, readPage } from '../pages.ts'
import type { Scoped } from '../storage/storage.ts'
import { showWebhook } from './show-webhook.ts'

const listInput = pageInput.extend({ organizationId })
export type ListWebhooksInput = z.input<typeof listInput>

export async function listWebhooks(ctx: Context, input: ListWebhooksInput): Promise<List<Webhook>> {
  const { organizationId, ...page } = parseInput(listInput, input)
  return readPage(page, (at) => ctx.storage.listWebhooks({ organizationId, ...at }), showWebhook)
}

export async function getWebhook(ctx: Context, input: Scoped): Promise<Webhook> {
  const webhook = parseInput(scoped, input)
  const stored = await ctx.storage.findWebhook(webhook)
  if (stored === null) throw notFound('webhook', webhook.id)
  return showWebhook(stored)
}
