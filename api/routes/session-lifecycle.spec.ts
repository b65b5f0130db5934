import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { systemClock } from '#platform/clock/clock.ts'
import { openSqliteSessions } from '#platform/sessions/sqlite.ts'
import { sessionLifecycle } from './session-lifecycle.ts'

const directory = mkdtempSync(join(tmpdir(), 'kessai-lifecycle-'))
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

sessionLifecycle('a SQLite file', async () => {
  const file = join(directory, 'sessions.db')
  return [openSqliteSessions({ file, clock: systemClock }), openSqliteSessions({ file, clock: systemClock })]
})
