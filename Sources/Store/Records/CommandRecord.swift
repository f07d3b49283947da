/// A command that came by MQTT and is not carried out yet.
package struct CommandRecord: Equatable, Sendable {
    package var sequence: Int64
    package var module: Int32
    package var name: String
    package var payload: [UInt8]
    package var reply: ReplyTo?

    package init(sequence: Int64, module: Int32, name: String, payload: [UInt8], reply: ReplyTo? = nil) {
        self.sequence = sequence
        self.module = module
        self.name = name
        self.payload = payload
        self.reply = reply
    }
}
