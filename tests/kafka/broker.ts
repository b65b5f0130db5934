import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../demo/free-ports.ts'

/** A real Apache Kafka: one node that is broker and controller, on 127.0.0.1. */
export interface Broker {
  readonly address: string
  /** Again on the same port and data after it was killed. */
  readonly start: () => Promise<void>
  /** Without warning. */
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
}

const READY_WITHIN_MS = 60_000
const KEPT_OUTPUT = 20_000
const CLUSTER_ID = 'a2Vzc2FpLXNwZWNzLTAxMg'

/** Small and quick to start; nothing here is about throughput. */
const JVM = [
  '-Xms96m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Djava.net.preferIPv4Stack=true',
]

const LOGGING = `log4j.rootLogger=WARN, out
log4j.logger.kafka.server.KafkaRaftServer=INFO
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%p %m (%c)%n
`

const properties = (port: number, controllerPort: number, folder: string): string =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    // Topics are the relay's to make.
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // A broker that was killed must not wait for its own old session.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

/** A broker that is not running yet, with a folder of its own that `stop` removes. */
export const newBroker = async (): Promise<Broker> => {
  const jars = process.env['KAFKA_JARS'] ?? ''
  if (jars === '') throw new Error('There is no broker to start: run `.ci/kafka/run npm run test:kafka`')
  const classPath = join(jars, '*')
  const [port = 0, controllerPort = 0] = await freePorts(2)
  const folder = mkdtempSync(join(tmpdir(), 'kessai-kafka-'))
  const config = join(folder, 'server.properties')
  const logging = join(folder, 'log4j.properties')
  writeFileSync(config, properties(port, controllerPort, folder))
  writeFileSync(logging, LOGGING)
  const java = [...JVM, `-Dlog4j.configuration=file:${logging}`, '-cp', classPath]
  const formatted = spawnSync(
    'java',
    [...java, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', config],
    { encoding: 'utf8', timeout: READY_WITHIN_MS },
  )
  if (formatted.status !== 0) throw new Error(`Kafka's folder was not made: ${formatted.stderr}`)

  let child: ChildProcess | undefined
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  return {
    address: `127.0.0.1:${port}`,
    start: async () => {
      const started = spawn('java', [...java, 'kafka.Kafka', config], { stdio: ['ignore', 'pipe', 'pipe'] })
      child = started
      await ready(started)
    },
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ''
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`Kafka is not ready: ${said}`))
    }, READY_WITHIN_MS)
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`Kafka ended with ${code}: ${said}`))
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-KEPT_OUTPUT)
        if (!said.includes('Kafka Server started')) return
        clearTimeout(timer)
        resolve()
      })
  })
