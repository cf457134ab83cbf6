import Hummingbird
import HummingbirdTLS
@main struct M { static func main() {} }
