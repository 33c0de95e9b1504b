'use client'
import { type ApiError, isApiError } from '@leadhooks/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useLeadhooks } from '../leadhooks-context.ts'

export interface Action<Args extends unknown[], T> {
  /** Answers undefined where it failed: `error` says why. */
  run: (...args: Args) => Promise<T | undefined>
  isRunning: boolean
  error: ApiError | undefined
  reset: () => void
}

/** Something that changes something: afterwards, all whose key begins with one of `changes` is asked for again. */
export function useAction<Args extends unknown[], T>(
  act: (...args: Args) => Promise<T>,
  changes: readonly string[],
): Action<Args, T> {
  const { cache } = useLeadhooks()
  const [state, setState] = useState<{ isRunning: boolean; error: ApiError | undefined }>(idle)
  const latest = useRef({ act, changes })
  useEffect(() => {
    latest.current = { act, changes }
  })

  const run = useCallback(
    async (...args: Args) => {
      setState({ isRunning: true, error: undefined })
      try {
        const result = await latest.current.act(...args)
        setState(idle)
        for (const prefix of latest.current.changes) cache.invalidate(prefix)
        return result
      } catch (error) {
        setState({ isRunning: false, error: isApiError(error) ? error : undefined })
        if (!isApiError(error)) throw error
        return undefined
      }
    },
    [cache],
  )
  const reset = useCallback(() => setState(idle), [])
  return { run, ...state, reset }
}

const idle = { isRunning: false, error: undefined }
