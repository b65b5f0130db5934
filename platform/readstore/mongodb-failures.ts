import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoDriverError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from 'mongodb'
import { systemClock } from '../clock/clock.ts'
import { ReadStoreUnavailable } from './port.ts'

/** Server error codes, from MongoDB's error_codes.yml. */
const DUPLICATE_KEY = 11_000
const NAMESPACE_NOT_FOUND = 26
const NAMESPACE_EXISTS = 48
const NOT_KNOWN = new Set([59 /* CommandNotFound */, 238 /* NotImplemented */])
/** The member is no longer, or not yet, the one that writes: another one is soon. */
const CHANGING = new Set([91, 189, 10_107, 11_600, 11_602, 13_435, 13_436])
/** It tried, and not within the time: MaxTimeMSExpired, WriteConcernFailed, ExceededTimeLimit, host and network trouble. */
const TOO_LATE = new Set([50, 64, 262, 6, 7, 89, 9_001])

const TRIES = 3
const PAUSE_MS = 50

export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY

export const alreadyExists = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === NAMESPACE_EXISTS

/** The collection is not there yet. */
export const isMissing = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === NAMESPACE_NOT_FOUND

/** The server has no such command or option, as a stand-in may not. */
export const isNotKnown = (error: unknown): boolean =>
  error instanceof MongoServerError && NOT_KNOWN.has(Number(error.code))

/** A bulk write hides what broke its connection in an error of the server's kind. */
const unwrapped = (error: unknown): unknown =>
  error instanceof MongoBulkWriteError && error.errorResponse instanceof Error ? error.errorResponse : error

/** A socket that broke while it was written to is told as Node tells it. */
const isBrokenSocket = (error: unknown): boolean => error instanceof Error && 'syscall' in error

/** The connection went, or the member changed its part: asking again is quick, and may be answered by another one. */
const isPassing = (error: unknown): boolean =>
  isBrokenSocket(error) ||
  (error instanceof MongoNetworkError && !(error instanceof MongoNetworkTimeoutError)) ||
  (error instanceof MongoServerError && CHANGING.has(Number(error.code)))

const isAway = (error: unknown): boolean =>
  isPassing(error) ||
  error instanceof MongoNetworkTimeoutError ||
  error instanceof MongoServerSelectionError ||
  error instanceof MongoWriteConcernError ||
  error instanceof MongoClientClosedError ||
  // What waited while another call found the server away.
  error instanceof MongoTopologyClosedError ||
  (error instanceof MongoBulkWriteError && error.result.getWriteConcernError() !== undefined) ||
  (error instanceof MongoServerError && TOO_LATE.has(Number(error.code))) ||
  // The class is not exported: nobody gave a connection back in time.
  (error instanceof MongoDriverError && error.name === 'MongoWaitQueueTimeoutError')

export type Ask = <T>(work: () => Promise<T>, how?: { readonly isReplayable: boolean }) => Promise<T>

/**
 * Asks the server, again where that is harmless and the trouble is of the kind that passes. The driver's own retries of
 * writes need a replica set and stay off, so that this is the only place that repeats.
 * @throws ReadStoreUnavailable when the server did not answer, or too late.
 */
export const asking =
  (address: string): Ask =>
  async (work, { isReplayable } = { isReplayable: true }) => {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await work()
      } catch (thrown) {
        const error = unwrapped(thrown)
        if (!isAway(error)) throw thrown
        if (isReplayable && isPassing(error) && attempt < TRIES) {
          await systemClock.sleep(PAUSE_MS * attempt)
          continue
        }
        const reason = error instanceof Error ? error.message : String(error)
        throw new ReadStoreUnavailable(`MongoDB at ${address} does not answer: ${reason}`, { cause: thrown })
      }
  }
