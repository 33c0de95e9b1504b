import { createHash } from 'node:crypto'

/**
 * Decides all limits of a call at once, by the clock of the server. Only when each of them lets the call through is anything
 * written. Every key has its end: it is set with the first write of a window, or with each of a bucket, and lies past the time
 * when the state says nothing any more; `SETRANGE` leaves it.
 *
 * The sums are those of `sliding-window.ts` and `token-bucket.ts` in @leadhooks/core, which say what they are. What takes time
 * here is what is called and converted, hence the states as bytes and the few numbers of the answer.
 *
 * KEYS: one for each limit, which holds three doubles (window, current, previous) or one (when a bucket is full). ARGV: the cost,
 * then for each limit its number, its window in milliseconds and its burst (0 for a sliding window), and last the time in
 * milliseconds unless it is to be the server's own. Answers for each limit what is left, as -1 less than that where it refuses
 * the call, and the milliseconds until there is more.
 */
export const limitScript = `
local call, pack, unpackState = redis.call, struct.pack, struct.unpack
local floor, ceil, max, min = math.floor, math.ceil, math.max, math.min
local KEYS, ARGV = KEYS, ARGV
local cost, now = tonumber(ARGV[1]), tonumber(ARGV[3 * #KEYS + 2])
if not now then
  local time = call('TIME')
  now = time[1] * 1000 + floor(time[2] / 1000)
end

local states, ttls, answer, all = call('MGET', unpack(KEYS)), {}, {}, true
for i = 1, #KEYS do
  local limit, windowMs, burst = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local allowed, left, reset
  if burst == 0 then
    local window = floor(now / windowMs)
    local elapsed = now - window * windowMs
    local known, current, previous = -1, 0, 0
    if states[i] then known, current, previous = unpackState('<ddd', states[i]) end
    if known < window then
      previous = known == window - 1 and current or 0
      current = 0
      ttls[i] = 2 * windowMs
    end
    local share = previous * (windowMs - elapsed) / windowMs
    allowed = current + cost + share <= limit + 1e-9
    if allowed then
      current = current + cost
      reset = windowMs - elapsed
      states[i] = ttls[i] and pack('<ddd', window, current, previous) or pack('<d', current)
    elseif current <= limit - cost then reset = ceil(windowMs * (1 - (limit - cost - current) / previous)) - elapsed
    else reset = windowMs - elapsed + ceil(windowMs * (1 - (limit - cost) / current)) end
    left = max(0, floor(limit - current - share + 1e-9))
  else
    local msPerToken = windowMs / limit
    local capacity = burst * msPerToken
    local fullAt = states[i] and unpackState('<d', states[i]) or now
    fullAt = min(max(fullAt, now), now + capacity)
    local after = fullAt + cost * msPerToken
    local wait = after - capacity - now
    allowed = wait <= 1e-3
    if allowed then
      fullAt = after
      reset = min(ceil(msPerToken), ceil(fullAt - now))
      states[i] = pack('<d', fullAt)
      ttls[i] = max(1, ceil(fullAt - now))
    else reset = ceil(wait - 1e-3) end
    left = max(0, floor((capacity - (fullAt - now) + 1e-3) / msPerToken))
  end
  all = all and allowed
  answer[2 * i - 1], answer[2 * i] = allowed and left or -1 - left, reset
end

if all then
  for i = 1, #KEYS do
    if ttls[i] then call('SET', KEYS[i], states[i], 'PX', ttls[i])
    else call('SETRANGE', KEYS[i], 8, states[i]) end
  end
end
return answer`

export const limitScriptSha = createHash('sha1').update(limitScript).digest('hex')
