import { spawnSync } from 'node:child_process'

export interface SystemUser {
  uid: number
  gid: number
}

/** Postgres refuses to run as root. Answers whom to run it as: nobody else unless this process is root. */
export function unprivilegedUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' })
    const gid = spawnSync('id', ['-g', name], { encoding: 'utf8' })
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error('Postgres refuses to run as root, and there is no user postgres or nobody to run it as.')
}
