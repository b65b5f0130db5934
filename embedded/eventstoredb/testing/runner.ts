import { runEmbeddedEventStore } from '../main.ts'

/** Runs a node as its own process for the specs: `node runner.ts <db> <port>`. */
const [db = ':memory:', port = '0'] = process.argv.slice(2)
try {
  await runEmbeddedEventStore({ db, port: Number(port), host: '127.0.0.1' })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
