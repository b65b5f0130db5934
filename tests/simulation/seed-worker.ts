import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { plantedBy } from './planted-bugs.ts'
import { runSeed, type RunOptions } from './run-seed.ts'
import { seedReport } from './seed-report.ts'
import { settingBy } from './settings.ts'
import { Told } from './telling.ts'

/** A thread that runs the seeds it is given, one after another, and reports each. */

const port = parentPort
if (port === null) throw new Error('This is for a worker thread')
const how = Told.parse(workerData)
const planted = plantedBy(how.bug)
const setting = settingBy(how.setting)
const options: RunOptions = {
  ...(how.mostOrders === undefined ? {} : { mostOrders: how.mostOrders }),
  ...(planted === undefined ? {} : { bug: planted.bug }),
  ...(setting === undefined ? {} : { reshaped: setting.reshaped }),
}

port.on('message', (message: unknown) => {
  void runSeed(z.int().parse(message), options).then((result) => {
    port.postMessage(seedReport(result, how))
  })
})
