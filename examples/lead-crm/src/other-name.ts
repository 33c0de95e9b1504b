import { sendResponse, toRequest } from '@leadhooks/core/node-http'
import type { RequestHandler } from 'express'
import type { CrmLeadhooks } from './leadhooks.ts'

/** Answers a path of the CRM's own with what the management API has at another: checks, limits and errors are the same. */
export function otherNameOf(leadhooks: CrmLeadhooks, path: string): RequestHandler {
  return async (req, res) => {
    const { search } = new URL(req.originalUrl, 'http://crm')
    const { baseUrl: basePath, ip: clientAddress, protocol } = req
    const request = toRequest(req, res, { url: basePath + path + search, protocol })
    await sendResponse(await leadhooks.fetch(request, { basePath, clientAddress }), res)
  }
}
