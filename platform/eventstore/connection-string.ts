import type { Credentials } from '@eventstore/db-client'

/**
 * The connection is asked for a sign of life after this much silence, and given up when none comes in time. Without the
 * second number a subscription on a connection that carries nothing any more would look healthy for 20 seconds.
 */
const PING_AFTER_MS = 10_000
const PING_PATIENCE_MS = 5_000

/** As many rebuilds can be told apart; the subchannels of older ones are long gone. */
const DISTINCT_REBUILDS = 1_000

/**
 * The connection string of the n-th client of this process, with our keep-alive unless it names its own. gRPC keeps its
 * connections in a pool that all clients share by their options, so that a client made anew would be given the very
 * connection that hangs; a time-out that differs by a millisecond for each rebuild makes its connection a new one.
 */
export const clientConnectionString = (connectionString: string, rebuilds: number): string => {
  const options: string[] = []
  if (optionOf(connectionString, 'keepaliveinterval') === undefined)
    options.push(`keepAliveInterval=${PING_AFTER_MS}`)
  const patienceMs = optionOf(connectionString, 'keepalivetimeout') ?? PING_PATIENCE_MS
  // Negative means that the operator wants none, and the client knows only −1.
  if (patienceMs >= 0) options.push(`keepAliveTimeout=${patienceMs + (rebuilds % DISTINCT_REBUILDS)}`)
  // Where an option is named twice the client takes the later one.
  const given = connectionString.trim().replace(/\/+$/, '')
  return options.reduce((text, option) => `${text}${text.includes('?') ? '&' : '?'}${option}`, given)
}

/** Who the connection string says we are, read as the client reads it. */
export const credentialsIn = (connectionString: string): Credentials | undefined => {
  const [, username, password] = /^[^:]+:\/\/([^:]+):([^@]+)@/.exec(connectionString.trim()) ?? []
  if (username === undefined || password === undefined) return undefined
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) }
}

/** The client reads names of options in any case, with or without `-` and `_`. */
const optionOf = (connectionString: string, flatName: string): number | undefined => {
  const query = connectionString.slice(connectionString.indexOf('?') + 1)
  if (query.length === connectionString.length) return undefined
  for (const pair of query.split('&')) {
    const [name = '', value = ''] = pair.split('=')
    if (name.trim().toLowerCase().replaceAll(/[_-]/g, '') === flatName) return Number.parseInt(value, 10)
  }
  return undefined
}
