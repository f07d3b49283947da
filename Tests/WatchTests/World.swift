import Reactor

@testable import Watch

/// 2026-01-01, noon.
let noon = Timestamp(milliseconds: 1_767_268_800_000)

extension WatchState {
    /// Hears messages one second apart, the last of them at noon.
    static func hearing(_ messages: [(topic: String, payload: String)], connected: Bool = true) -> WatchState {
        var state = WatchState(base: "nb")
        if connected { state.link = .connected(broker: "127.0.0.1:1883") }
        for (index, message) in messages.enumerated() {
            let time = noon + .seconds(index - messages.count + 1)
            _ = state.receive(topic: message.topic, payload: Array(message.payload.utf8), retained: false, at: time)
        }
        return state
    }
}

/// A status as the bridge publishes it.
func status(_ state: String, rssi: Int? = nil, waiting: Int = 0, sent: Int = 0, error: String? = nil) -> String {
    #"{"state":"\#(state)","since":"2026-01-01T11:58:00.000Z","platform":"ctwing","registration":"registered","#
        + #""network":{"attached":true,"ip":"10.0.0.7","rssi_dbm":\#(rssi.map(String.init) ?? "null")},"sleep":"awake","#
        + #""identity":{"model":"BC28","revision":"R1","imei":"86"},"queue":{"waiting":\#(waiting),"in_flight":0},"#
        + #""counters":{"accepted":\#(sent),"sent":\#(sent),"delivered":0,"failed":2,"expired":1,"rejected":0,"#
        + #""downlinks":4,"dropped_by_module":0},"error":"#
        + (error.map { #"{"code":7,"name":"n","text":"\#($0)","source":"cloud"}"# } ?? "null") + #","retry_at":null}"#
}
