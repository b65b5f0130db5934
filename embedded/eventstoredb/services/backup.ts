import type { ServerWritableStream, ServiceError } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import { createReadStream } from 'node:fs'
import { newCopyFile, removeCopy } from '../store/copyFiles.ts'
import { callError, stoppingStreamError } from '../wire/refusals.ts'
import { drained } from './draining.ts'
import type { ServiceParts } from './parts.ts'

const CHUNK_BYTES = 256 * 1024
/** A client that takes nothing for so long is gone, even if its connection does not know it. */
const STALLED_AFTER_MS = 60_000

type BackupCall = ServerWritableStream<Buffer, Buffer>

/** The backups of a node: one at a time, because each costs the disk a second log. */
export type Backups = {
  readonly handler: (call: BackupCall) => void
  /** Ends the one under way and refuses others. After that the log may be closed. */
  readonly stop: () => Promise<void>
}

const isOver = (call: BackupCall): boolean => call.cancelled || call.writableEnded

const sendFile = async (call: BackupCall, file: string, signal: AbortSignal): Promise<void> => {
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES, signal })) {
    if (isOver(call)) return
    if (call.write(chunk)) continue
    const patience = AbortSignal.timeout(STALLED_AFTER_MS)
    await drained(call, AbortSignal.any([signal, patience]))
    if (patience.aborted) throw callError(status.ABORTED, 'the reader of the backup takes nothing')
  }
}

const isCallError = (error: unknown): error is ServiceError => error instanceof Error && 'details' in error

/**
 * Backup: a consistent copy of the log, made in a temporary file beside it while appends go on, then sent in
 * pieces. A second one meanwhile is refused as RESOURCE_EXHAUSTED; the copy is removed however this ends.
 */
export const createBackups = (
  { log, doorkeeper, openCalls, unexpected }: ServiceParts,
  logFile: string,
): Backups => {
  let underWay: Promise<void> | undefined
  const stopping = new AbortController()

  const fail = (call: BackupCall, error: ServiceError): void => {
    if (!isOver(call)) call.emit('error', error)
  }

  /** Makes and sends the copy. Whatever happens, the copy is gone when this settles. */
  const run = async (call: BackupCall, signal: AbortSignal): Promise<void> => {
    const copy = newCopyFile(logFile)
    try {
      await log.copyTo(copy, signal)
      await sendFile(call, copy, signal)
    } finally {
      await removeCopy(copy)
    }
  }

  const begin = (call: BackupCall): void => {
    const left = new AbortController()
    const forget = openCalls.add(() => fail(call, stoppingStreamError()))
    call.once('cancelled', () => left.abort())
    // The next one may begin before the client hears of the end of this one.
    const settle = (): void => {
      forget()
      underWay = undefined
    }
    underWay = run(call, AbortSignal.any([left.signal, stopping.signal])).then(
      () => {
        settle()
        if (!isOver(call)) call.end()
      },
      (error: unknown) => {
        settle()
        if (stopping.signal.aborted) fail(call, stoppingStreamError())
        else if (!left.signal.aborted) fail(call, isCallError(error) ? error : unexpected(error))
      },
    )
  }

  return {
    handler: (call) => {
      const refused = doorkeeper(call.metadata)
      if (refused !== undefined) fail(call, refused)
      else if (stopping.signal.aborted) fail(call, stoppingStreamError())
      else if (underWay !== undefined)
        fail(call, callError(status.RESOURCE_EXHAUSTED, 'another backup is under way'))
      else begin(call)
    },
    stop: async () => {
      stopping.abort()
      await underWay
    },
  }
}
