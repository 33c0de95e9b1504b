import { createHash } from 'node:crypto'

/**
 * Decides all limits of a call at once, by the clock of the server. Only when each of them lets the call through is anything
 * written, and every write carries its own end: no key stays behind.
 *
 * The sums are those of `sliding-window.ts` and `token-bucket.ts` in @leadhooks/core, which say what they are.
 *
 * KEYS: one for each limit. ARGV: the cost, the time in milliseconds or '' for the server's own, then for each limit its
 * algorithm ('w' or 'b'), limit, window in milliseconds, and burst. Answers for each limit whether it lets the call through,
 * what is left, and the milliseconds until there is more.
 */
export const limitScript = `
local cost = tonumber(ARGV[1])
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local function slide(state, limit, windowMs)
  local window = math.floor(now / windowMs)
  local elapsed = now - window * windowMs
  local known, current, previous = string.match(state or '', '^w(%S+) (%S+) (%S+)$')
  known, current, previous = tonumber(known), tonumber(current) or 0, tonumber(previous) or 0
  if not known or known < window - 1 then current, previous = 0, 0
  elseif known < window then current, previous = 0, current end
  local share = previous * (windowMs - elapsed) / windowMs
  local allowed = current + cost + share <= limit + 1e-9
  local taken = allowed and current + cost or current
  local left = math.max(0, math.floor(limit - taken - share + 1e-9))
  local reset
  if allowed then reset = windowMs - elapsed
  elseif current <= limit - cost then reset = math.ceil(windowMs * (1 - (limit - cost - current) / previous)) - elapsed
  else reset = windowMs - elapsed + math.ceil(windowMs * (1 - (limit - cost) / current)) end
  return allowed, left, reset, string.format('w%.0f %.0f %.0f', window, taken, previous), 2 * windowMs
end

local function draw(state, limit, windowMs, burst)
  local msPerToken = windowMs / limit
  local capacity = burst * msPerToken
  local known = tonumber(string.match(state or '', '^b(%S+)$')) or now
  local fullAt = math.min(math.max(known, now), now + capacity)
  local after = fullAt + cost * msPerToken
  local wait = after - capacity - now
  local allowed = wait <= 1e-3
  local kept = allowed and after or fullAt
  local left = math.max(0, math.floor((capacity - (kept - now) + 1e-3) / msPerToken))
  local reset
  if allowed then reset = math.min(math.ceil(msPerToken), math.ceil(kept - now))
  else reset = math.ceil(wait - 1e-3) end
  return allowed, left, reset, string.format('b%.6f', kept), math.max(1, kept - now)
end

local answer, writes, all = {}, {}, true
for i, key in ipairs(KEYS) do
  local at = 4 * i - 1
  local decide = ARGV[at] == 'b' and draw or slide
  local allowed, left, reset, state, ttl =
    decide(redis.call('GET', key), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]))
  all = all and allowed
  writes[i] = { state, string.format('%.0f', math.ceil(ttl)) }
  answer[3 * i - 2], answer[3 * i - 1], answer[3 * i] = allowed and 1 or 0, left, reset
end
if all then
  for i, key in ipairs(KEYS) do redis.call('SET', key, writes[i][1], 'PX', writes[i][2]) end
end
return answer`

export const limitScriptSha = createHash('sha1').update(limitScript).digest('hex')
