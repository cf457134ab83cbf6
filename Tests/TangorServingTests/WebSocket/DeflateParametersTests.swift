import Testing

@testable import TangorServing

@Suite struct DeflateParametersTests {
  @Test(arguments: [
    ("permessage-deflate", "permessage-deflate"),
    ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
    ("permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover"),
    (
      "permessage-deflate; client_no_context_takeover; server_max_window_bits=10",
      "permessage-deflate; client_no_context_takeover; server_max_window_bits=10"
    ),
    ("permessage-deflate; client_max_window_bits=9", "permessage-deflate; client_max_window_bits=9"),
    ("permessage-deflate; server_max_window_bits=\"11\"", "permessage-deflate; server_max_window_bits=11"),
    ("x-webkit-deflate-frame, permessage-deflate", "permessage-deflate"),
    ("permessage-deflate; server_max_window_bits=8, permessage-deflate", "permessage-deflate"),
    ("permessage-deflate; unknown, permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9"),
  ]) func acceptsTheFirstOfferThatCanBeMet(_ offer: String, _ answer: String) {
    #expect(DeflateParameters.negotiate([offer], contextTakeover: true)?.headerValue == answer)
  }

  @Test(arguments: [
    "", "x-webkit-deflate-frame", "permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=16",
    "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=010", "permessage-deflate; nonsense",
    "permessage-deflate; client_no_context_takeover; client_no_context_takeover", "permessage-deflate; client_max_window_bits=abc",
    "permessage-deflate; server_no_context_takeover=1",
  ]) func declinesWhatCannotBeMet(_ offer: String) {
    #expect(DeflateParameters.negotiate([offer], contextTakeover: true) == nil)
  }

  @Test func asksForNoContextTakeoverWhenItIsOff() {
    let parameters = DeflateParameters.negotiate(["permessage-deflate"], contextTakeover: false)
    #expect(parameters?.headerValue == "permessage-deflate; server_no_context_takeover; client_no_context_takeover")
  }
}
