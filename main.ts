import { enableCompileCache } from 'node:module'
import { Command, InvalidArgumentError, Option } from 'commander'

enableCompileCache()

const port = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('A port is 0 to 65535.')
  return value
}

/** What says itself what is wrong and what to do; a trace would only hide it. */
const FOR_PEOPLE = new Set(['ConfigurationError', 'NoBackup', 'ReadStoreUnavailable'])

/** Each role is imported only when it is asked for: a small one starts fast and stays small. */
const program = new Command('kessai').description(
  'Event-sourced checkout and payments: one command, any role.',
)

program
  .command('start', { isDefault: true })
  .description('everything on one machine: the shop, its event store and a PayPay simulator')
  .action(async () => {
    const { runStart } = await import('./roles/start.ts')
    await runStart(process.env)
  })

for (const [role, description] of [
  ['api', 'the HTTP API and its sockets'],
  ['processmanagers', 'checkout, payment confirmation, remediation and refunding'],
] as const)
  program
    .command(role)
    .description(description)
    .action(async () => {
      const { runRole } = await import('./roles/run-role.ts')
      await runRole(role, process.env)
    })

program
  .command('relay')
  .description('tells other systems through Kafka what became of orders, payments and alerts')
  .action(async () => {
    const { runRelay } = await import('./roles/relay-alone.ts')
    await runRelay(process.env)
  })

const projections = program
  .command('projections')
  .description('the read models; with a command, what looks after them')
  .action(async () => {
    const { runRole } = await import('./roles/run-role.ts')
    await runRole('projections', process.env)
  })

projections
  .command('list')
  .description('how far each is, how fast, how large, and its copies')
  .option('--json', 'for machines')
  .action(async (options: { json?: true }) => {
    const { printList } = await import('./roles/projections-command/printing.ts')
    process.exitCode = await printList(options.json === true, process.env)
  })

projections
  .command('rebuild')
  .description('folds the log into a new copy beside the live one; goes on where it was stopped')
  .argument('<name>', 'as `list` shows it, without version')
  .option('--switch', 'and makes it the one that is read')
  .action(async (name: string, options: { switch?: true }) => {
    const { printRebuild } = await import('./roles/projections-command/printing.ts')
    process.exitCode = await printRebuild(name, options.switch === true, process.env)
  })

projections
  .command('verify')
  .description('folds the log anew and names the first document that differs')
  .argument('<name>')
  .option('--new', 'looks at the copy that is being built instead of the one that is read')
  .action(async (name: string, options: { new?: true }) => {
    const { printVerify } = await import('./roles/projections-command/printing.ts')
    process.exitCode = await printVerify(name, options.new === true, process.env)
  })

for (const [command, operation, description] of [
  ['switch', 'switchOver', 'makes the new copy the one that is read; the old one is kept for a day'],
  ['rollback', 'rollBack', 'goes back to the copy that was read before'],
  ['cancel', 'cancel', 'gives up the copy that is being built'],
  ['drop', 'drop', 'deletes the kept copy, or the one that is being built'],
] as const)
  projections
    .command(command)
    .description(description)
    .argument('<name>')
    .action(async (name: string) => {
      const { printOperation } = await import('./roles/projections-command/printing.ts')
      process.exitCode = await printOperation(operation, name, process.env)
    })

program
  .command('seed')
  .description('list the demo shop’s products; repeatable')
  .action(async () => {
    const { runSeed } = await import('./roles/run-role.ts')
    await runSeed(process.env)
  })

program
  .command('embedded-eventstore')
  .description('an EventStoreDB-compatible node for one machine')
  .requiredOption('--port <number>', 'port to listen on; 0 takes any', port)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .requiredOption('--db <file>', 'the log; :memory: for one that ends with the process')
  .option('--cert <file>', 'PEM certificate: serve TLS and check Basic credentials')
  .option('--key <file>', 'PEM key of the certificate')
  .action(async (options: { port: number; host: string; db: string; cert?: string; key?: string }) => {
    const { runEmbeddedEventStore } = await import('./embedded/eventstoredb/main.ts')
    await runEmbeddedEventStore(options)
  })

const eventstore = program.command('eventstore').description('looks after the log')

eventstore
  .command('backup')
  .description(
    'one file with the embedded node’s log, the keyring and the pictures; the shop may run meanwhile',
  )
  .argument('<file>', 'where to write it; never over another file')
  .option('--keyring-only', 'for a cluster, which is backed up by its own means')
  .action(async (file: string, options: { keyringOnly?: true }) => {
    const { printBackup } = await import('./roles/backup/printing.ts')
    await printBackup(file, options.keyringOnly === true, process.env)
  })

eventstore
  .command('restore')
  .description('puts a backup into an empty KESSAI_DATA')
  .argument('<file>', 'a file that `eventstore backup` wrote')
  .option(
    '--forgotten-may-return',
    'take a keyring that is older than 30 days, with the keys of people who asked to be forgotten since',
  )
  .action(async (file: string, options: { forgottenMayReturn?: true }) => {
    const { printRestore } = await import('./roles/backup/printing.ts')
    await printRestore(file, options.forgottenMayReturn === true, process.env)
  })

program
  .command('invariants')
  .description('checks the log against the rules I1 to I8')
  .option('--settled', 'nothing may be in flight any more')
  .option('--json', 'findings for machines')
  .action(async (options: { settled?: true; json?: true }) => {
    const { runInvariants } = await import('./roles/invariants.ts')
    process.exitCode = await runInvariants({
      settled: options.settled === true,
      json: options.json === true,
      environment: process.env,
    })
  })

const alerts = program.command('alerts').description('where orders and payments disagree')

alerts
  .command('list')
  .description('what has to be seen to, the most urgent first')
  .option('--rule <name>', 'of one rule')
  .option('--severity <P1|P2>', 'of one severity')
  .option('--status <status>', 'NEW, ACKNOWLEDGED, RESOLVED, OPEN or ALL', 'OPEN')
  .option('--json', 'one alert a line, for machines')
  .action(async (options: { rule?: string; severity?: string; status: string; json?: true }) => {
    const { printAlerts } = await import('./roles/alerts-command/printing.ts')
    const { onReaderGone } = await import('./roles/alerts-command/reader-gone.ts')
    onReaderGone(() => {})
    process.exitCode = await printAlerts(options, process.env)
  })

alerts
  .command('tail')
  .description('one line for each thing that happens to an alert, until interrupted')
  .option('--from-start', 'and for all that happened before')
  .action(async (options: { fromStart?: true }) => {
    const { tailAlerts } = await import('./roles/alerts-command/printing.ts')
    const { onReaderGone } = await import('./roles/alerts-command/reader-gone.ts')
    const ending = new AbortController()
    onReaderGone(() => ending.abort())
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort())
    process.exitCode = await tailAlerts(
      { fromStart: options.fromStart === true, signal: ending.signal },
      process.env,
    )
  })

const parked = program.command('parked').description('what was set aside')

parked
  .command('list')
  .description('what stands still, why and since when, the longest first')
  .option('--json', 'one a line, for machines')
  .action(async (options: { json?: true }) => {
    const { printParked } = await import('./roles/parked-command/printing.ts')
    process.exitCode = await printParked(options.json === true, process.env)
  })

parked
  .command('replay')
  .description('asks whoever set it aside to try it again, once the cause is mended')
  .argument('<id>', 'as `list` shows it')
  .action(async (id: string) => {
    const { printReplay } = await import('./roles/parked-command/printing.ts')
    process.exitCode = await printReplay(id, process.env)
  })

program
  .command('paypay-simulator')
  .description('a PayPay that takes no real money')
  .option('--port <number>', 'HTTP port', port, 8090)
  .option('--tls-port <number>', 'HTTPS port', port, 8490)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <directory>', 'where it keeps its state', '.kessai')
  .option('--webhook <url>', 'where webhooks are sent')
  .option('--public-url <url>', 'where buyers reach the cashier page')
  .option('--code-life-ms <number>', 'how long a code can be paid', Number)
  .action(
    async (options: {
      port: number
      tlsPort: number
      host: string
      data: string
      webhook?: string
      publicUrl?: string
      codeLifeMs?: number
    }) => {
      const { runPayPaySimulator } = await import('./embedded/paypay/main.ts')
      const { data, webhook, ...rest } = options
      await runPayPaySimulator({
        ...rest,
        dataDir: data,
        ...(webhook === undefined ? {} : { webhookTarget: webhook }),
      })
    },
  )

program
  .command('demo')
  .description('asserted demo flows against a running shop, or a fresh one')
  .argument('[flow...]', 'names of flows; all when none is named')
  .option('--list', 'name the flows')
  .addOption(
    new Option('--webhooks <on|off>', 'off: PayPay announces nothing, and the shop must find out by asking')
      .choices(['on', 'off'])
      .default('on'),
  )
  .action(async (flows: string[], options: { list?: true; webhooks: 'on' | 'off' }) => {
    const { runDemo } = await import('./demo/main.ts')
    process.exitCode = await runDemo(flows, {
      list: options.list === true,
      webhooks: options.webhooks === 'on',
      environment: process.env,
    })
  })

try {
  await program.parseAsync()
} catch (error) {
  const isForPeople = error instanceof Error && FOR_PEOPLE.has(error.name)
  console.error(isForPeople ? error.message : error)
  process.exitCode = 1
}
