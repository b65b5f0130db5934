import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { progress } from './progress.ts'

const written = (isTTY: boolean) => {
  let text = ''
  const out = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text += chunk.toString()
        done()
      },
    }),
    // What a terminal offers beyond a stream, as far as the bar asks for it.
    isTTY ? { isTTY, columns: 120, cursorTo: () => true, clearLine: () => true, moveCursor: () => true } : {},
  )
  return { out, text: () => text }
}

const overTwoSeconds = (isTTY: boolean) => {
  const { out, text } = written(isTTY)
  const said: string[] = []
  let nowMs = 0
  const shown = progress({ count: 40, out, print: (line) => said.push(line), nowMs: () => nowMs })
  for (let done = 1; done <= 20; done += 1) {
    nowMs = done * 100
    shown.update({ done, events: done * 50, failed: done > 10 ? 1 : 0 })
    if (done === 11) shown.say('seed 11: I1')
  }
  shown.stop()
  return { text: text(), said }
}

describe('the progress of a run', () => {
  it('is a line every twentieth of it where nobody watches', () => {
    const { text, said } = overTwoSeconds(false)
    const lines = text.trimEnd().split('\n')
    expect(lines).toHaveLength(11)
    expect(lines[0]).toBe('1 of 40 seeds, 10.0/s, 50 events, 0 failed, 4 s left')
    expect(lines.at(-1)).toBe('20 of 40 seeds, 10.0/s, 1000 events, 1 failed, 2 s left')
    expect(said).toStrictEqual(['seed 11: I1'])
  })

  it('is a bar on a terminal, with rate and time left, and lets go of the terminal', () => {
    const { text, said } = overTwoSeconds(true)
    expect(text).toContain('20 of 40 seeds  10.0/s  1000 events  1 failed  2 s left')
    expect(text).toMatch(/█{12}░{12}/)
    // The cursor is hidden meanwhile, and shown again.
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'))
    expect(text).toContain('seed 11: I1')
    expect(said).toStrictEqual([])
  })
})
