import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PARKERS } from './parkers.ts'

/** The name a process is given, written out or as a constant of the same file. */
const nameIn = (source: string): string => {
  const [, written, constant = ''] = /^ +name: (?:'([^']+)'|([A-Z]+)),$/m.exec(source) ?? []
  return written ?? new RegExp(`const ${constant} = '([^']+)'`).exec(source)?.[1] ?? ''
}

it('every process is among those whose parked keys are shown', () => {
  const files = globSync(['processmanagers/*/*.ts', 'relay/*.ts'])
    .filter((file) => !/(\.spec|testing|bench)\.ts$/.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .filter((source) => /^ +onDeadline: /m.test(source) && /^ +parallelism: /m.test(source))
  expect(files.map(nameIn).toSorted()).toStrictEqual([...PARKERS].toSorted())
})
