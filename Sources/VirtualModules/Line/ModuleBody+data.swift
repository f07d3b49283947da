import Reactor

/// The data that a command's prompt has asked for.
extension ModuleBody {
    var awaitsData: Bool { dataIsComplete != nil }

    /// The next bytes are data.
    func expect(_ count: Int, _ isComplete: @escaping ([UInt8]) -> Void) {
        (data, dataCount, dataToArrive) = ([], count, count)
        guard count > 0 else { return isComplete([]) }
        dataIsComplete = isComplete
        changed()
    }

    func takeData(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let piece = bytes.prefix(dataCount - data.count)
        data += piece
        if data.count == dataCount, let isComplete = dataIsComplete {
            dataIsComplete = nil
            // Whatever it ended with was no line's end.
            previousByte = 0
            isComplete(data)
        }
        return bytes[piece.endIndex...]
    }

    /// Data that is incomplete after so long ends in this answer. A line is not in a hurry when protocol time is.
    func limitData(to patience: Duration, _ giveUp: @escaping @Sendable () -> Void) {
        let (epoch, number) = (self.epoch, commandNumber)
        clock.time.schedule(after: patience) { [weak self] in
            guard let self, self.epoch == epoch, commandNumber == number, awaitsData else { return }
            breach("only \(data.count) of \(dataCount) bytes of data came")
            (dataToArrive, dataIsComplete) = (0, nil)
            giveUp()
        }
    }
}

extension VirtualModule {
    /// How much has come of the data that the last prompt asked for.
    package var dataReceived: Int { body.data.count }
}
