export const source = {
  swift: `
final class Sample {
  @Tracked var a = 1
  @Tracked var b = "test"
  @Tracked var c = [2, 3]
  @Tracked var d = ["e": 5]

  func sum(_ a: Int, _ b: Int) -> Int { a + b }
}

extension Sample: LiveObject {
  static let interface = Interface<Sample>("…") {
    Property("a", tracked: \\.$a)
    // …
    Method("test_sum", parameters: [.init("a"), .init("b")]) {
      (it: Sample, a: Int, b: Int) in it.sum(a, b)
    }
  }
}

try app.objects.expose(Sample(), as: "sample")`,
  javascript: `
const sample = await tangor.object("sample");

await sample.a;                  // 1
sample.a = 2;                    // all pages see it
await sample.test_sum(4, 5);     // 9
await sample.inner.depth;
delete sample.a;

for await (const n of sample.count(3)) console.log(n);

tangor.channels.subscribe(["a"], (value) => …);`,
};
