import TangorCore
import Testing

@testable import Tangor

@Suite struct ConfigurationChannelsTests {
  @Test func readsRules() throws {
    let configuration = try read(
      """
      channels:
        history: 7
        client_publish: yes
        rules:
          - {pattern: whiteboard/#, publish: true, presence: true, history: 1000}
          - pattern: secret/+
            subscribe: false
            history_size: 2 MiB
            message_size: 5k
      """)
    #expect(configuration.channels.history == 7 && configuration.channels.clientsMayPublish)
    #expect(
      configuration.channels.rules == [
        ChannelRule("whiteboard/#", clientsMayPublish: true, presence: true, history: 1_000),
        ChannelRule("secret/+", clientsMaySubscribe: false, historySize: .mebibytes(2), messageSize: .kibibytes(5)),
      ])
    let printed = try read(ConfigurationPrinter.text(of: configuration))
    #expect(printed.channels.rules == configuration.channels.rules)
  }

  @Test func saysWhatIsWrongWithARule() {
    for (rule, word) in [
      ("{publish: true}", "pattern"), ("{pattern: a#}", "pattern"), ("{pattern: a, history: -1}", "history"),
      ("{pattern: a, colour: red}", "colour"),
      ("a", "pattern"),
    ] {
      let found = findings("channels: {rules: [\(rule)]}")
      #expect(found.count == 1 && found[0].contains(word), "\(rule): \(found)")
    }
  }
}
