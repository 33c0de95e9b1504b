import { useEffect, useState } from 'react'
import type { Session } from './session.ts'

/** Gives the pages the colour of the host, as it is for the theme that is shown. */
export function useAccent(accent: Session['branding']['accent'], theme: Session['theme']): void {
  const isDark = useIsDark(theme)
  useEffect(() => {
    if (accent === undefined) return
    const { style } = document.documentElement
    style.setProperty('--lh-accent', isDark ? accent.dark : accent.light)
    style.setProperty('--lh-on-accent', isDark ? accent.onDark : accent.onLight)
  }, [accent, isDark])
}

function useIsDark(theme: Session['theme']): boolean {
  const [isSystemDark, setIsSystemDark] = useState(() => query().matches)
  useEffect(() => {
    const list = query()
    const listener = (): void => setIsSystemDark(list.matches)
    list.addEventListener('change', listener)
    return () => list.removeEventListener('change', listener)
  }, [])
  return theme === 'system' ? isSystemDark : theme === 'dark'
}

function query(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)')
}
