import Store

extension UplinkRecord {
    var idText: String { String(decoding: id, as: UTF8.self) }
}
