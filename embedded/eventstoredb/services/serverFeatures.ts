import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js'
import type { sendUnaryData } from '@grpc/grpc-js'
import { features, GossipService, ServerFeaturesService, StreamsService } from '../wire/generated.ts'

/** The server generation whose protocol this node speaks: caught-up messages, no anonymous features. */
const PROTOCOL_VERSION = '23.10.0'

/** `/package.Service/Method` as the client compares it: in lower case. */
const methodOf = (path: string) => {
  const [, service = '', method = ''] = path.toLowerCase().split('/')
  const supported = new features.SupportedMethod()
  supported.setServiceName(service)
  supported.setMethodName(method)
  return supported
}

/** GetSupportedMethods, asked once per connection by the first append. Open to all, as the client asks without credentials. */
export const supportedMethodsHandler = () => {
  const answer = new features.SupportedMethods()
  answer.setEventStoreServerVersion(PROTOCOL_VERSION)
  answer.setMethodsList(
    [
      StreamsService.read.path,
      StreamsService.append.path,
      StreamsService.batchAppend.path,
      StreamsService.delete.path,
      StreamsService.tombstone.path,
      GossipService.read.path,
      ServerFeaturesService.getSupportedMethods.path,
    ].map(methodOf),
  )
  return (_call: unknown, callback: sendUnaryData<SupportedMethods>): void => callback(null, answer)
}
