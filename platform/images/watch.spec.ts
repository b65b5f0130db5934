import { expect, it } from 'vitest'
import { manualClock } from '../clock/manual-clock.ts'
import type { ImageTrouble } from './port.ts'
import { watchImages } from './watch.ts'

const MISSING: ImageTrouble = { kind: 'wrong', sentence: 'There is no such bucket' }
const SILENT: ImageTrouble = { kind: 'away', sentence: 'It does not answer' }

const watched = (first?: ImageTrouble) => {
  const clock = manualClock(0)
  const place = { trouble: first, looks: 0, hangs: false }
  const news: (string | undefined)[] = []
  const check = (): Promise<ImageTrouble | undefined> => {
    place.looks += 1
    return place.hangs ? new Promise(() => {}) : Promise.resolve(place.trouble)
  }
  const ask = watchImages({ images: { check }, clock, onChange: (trouble) => news.push(trouble?.sentence) })
  /** Ten seconds on, when it is looked at again. */
  const later = async (trouble?: ImageTrouble) => {
    place.trouble = trouble
    await clock.advance(10_000)
    return ask()
  }
  return { clock, place, news, ask, later }
}

it('is looked at once in ten seconds, however often it is asked for', async () => {
  const { clock, place, ask } = watched()
  await Promise.all([ask(), ask(), ask()])
  await clock.advance(9_999)
  expect(await ask()).toStrictEqual({ name: 'pictures', ok: true })
  expect(place.looks).toBe(1)
  await clock.advance(1)
  await ask()
  expect(place.looks).toBe(2)
})

it('is not ready with settings that never worked, and says which', async () => {
  const { ask, later } = watched(MISSING)
  expect(await ask()).toStrictEqual({ name: 'pictures', ok: false, detail: MISSING.sentence })
  expect(await later()).toStrictEqual({ name: 'pictures', ok: true })
})

it('stays ready when what worked goes wrong, and tells of it', async () => {
  const { ask, later } = watched()
  await ask()
  expect(await later(MISSING)).toStrictEqual({ name: 'pictures', ok: true, detail: MISSING.sentence })
})

it('is ready at a start in an outage, which says nothing of the settings', async () => {
  const { ask } = watched(SILENT)
  expect(await ask()).toStrictEqual({ name: 'pictures', ok: true, detail: SILENT.sentence })
})

it('does not wait for a place that hangs', async () => {
  const { clock, place, ask } = watched()
  place.hangs = true
  const asked = ask()
  await clock.advance(1_500)
  expect(await asked).toMatchObject({ ok: true, detail: 'The place of pictures does not answer' })
})

it('calls when the trouble changes, and not each time it is seen', async () => {
  const { ask, later, news } = watched()
  await ask()
  for (const trouble of [MISSING, MISSING, SILENT, undefined, undefined]) await later(trouble)
  expect(news).toStrictEqual([MISSING.sentence, SILENT.sentence, undefined])
})
