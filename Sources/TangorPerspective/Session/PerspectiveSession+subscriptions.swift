import TangorTables

/// Requests that are answered whenever something happens.
extension PerspectiveSession {
  func subscribe(_ interest: Table.Interest, _ exchange: Exchange) async throws {
    let (hosted, view) = try exchange.view()
    let outbox = outbox
    let message = exchange.message
    let name = exchange.entity
    let subscription = try await hosted.table.subscribe(to: view, interest) { notice in
      switch notice {
      case .update(let port, nil):
        var response = WireViewOnUpdateResp()
        response.portID = UInt32(clamping: port)
        outbox.notify(Reply.bytes(message, name, .viewOnUpdateResp(response)), OutboxState.NoticeKey(message: message, port: port))
      case .update(let port, let rows?):
        // A delta that cannot be written is as good as none: the client is told that there was a change.
        outbox.notify(Reply.bytes(message, name, field: 21, (try? rows.arrow()) ?? [], port: port), nil)
      case .removal(let keys):
        let batch = Batch(rowCount: keys.values.count, columns: [keys])
        outbox.notify(Reply.bytes(message, name, field: 39, (try? ArrowWriter.stream(batch)) ?? []), nil)
      }
    }
    let key = Registry.SubscriptionKey(subscriber: exchange.subscriber, isOfRemovals: interest == .removals)
    let isWanted = try server.modify { registry throws(RequestError) in registry.addSubscription(key, subscription, to: name) }
    if !isWanted { await hosted.table.unsubscribe(subscription) }
  }

  func unsubscribe(_ message: UInt32, isOfRemovals: Bool, _ exchange: Exchange) async throws {
    let key = Registry.SubscriptionKey(subscriber: exchange.subscriber(message), isOfRemovals: isOfRemovals)
    let subscription = try server.modify { registry throws(RequestError) in registry.removeSubscription(key, of: exchange.entity) }
    if let subscription { await subscription.table.unsubscribe(subscription.id) }
    exchange.reply(isOfRemovals ? .viewRemoveOnRemoveResp(.init()) : .viewRemoveOnUpdateResp(.init()))
  }

  /// Begins or ends telling the client of the deletion of a table or a view. Those that are not there are never deleted.
  func followDeletion(_ exchange: Exchange) throws {
    let name = exchange.entity
    try server.change { registry throws(RequestError) in
      switch exchange.request.clientReq {
      case .tableOnDeleteReq: registry.subscribeToDeletion(ofTable: name, exchange.subscriber)
      case .viewOnDeleteReq: registry.subscribeToDeletion(ofView: name, exchange.subscriber)
      case .tableRemoveDeleteReq(let request):
        registry.unsubscribeFromDeletion(ofTable: name, exchange.subscriber(request.id))
        exchange.reply(.tableRemoveDeleteResp(.init()))
      case .viewRemoveDeleteReq(let request):
        registry.unsubscribeFromDeletion(ofView: name, exchange.subscriber(request.id))
        exchange.reply(.viewRemoveDeleteResp(.init()))
      default: break
      }
      return []
    }
  }
}
