import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PARKERS } from './parkers.ts'

const sources = globSync(['processmanagers/*/*.ts', 'relay/*.ts'])
  .filter((file) => !/(\.spec|testing|bench)\.ts$/.test(file))
  .map((file) => readFileSync(file, 'utf8'))

/** The name a process is given, written out or as a constant. */
const nameIn = (source: string): string => {
  const [, written, constant = ''] = /^ +name: (?:'([^']+)'|([A-Z]+)),$/m.exec(source) ?? []
  const isConstant = new RegExp(`const ${constant} = '([^']+)'`)
  return written ?? sources.flatMap((each) => isConstant.exec(each)?.[1] ?? [])[0] ?? ''
}

it('every process is among those whose parked keys are shown', () => {
  const files = sources.filter(
    (source) => /^ +onDeadline: /m.test(source) && /^ +parallelism: /m.test(source),
  )
  expect(files.map(nameIn).toSorted()).toStrictEqual([...PARKERS].toSorted())
})
