/// What ties a group of processes to this one: a pipe whose writing end this process alone holds, and a watcher within the group that reads it.
///
/// The watcher waits in a shell's own `read`. When the pipe ends, because this process let go or because it died by whatever means, the watcher
/// kills its whole group, itself included. It is there before the program is, so there is no moment at which a program could be left behind; and
/// since it stays in the group until the pipe ends, the group's number cannot come to mean another group before that.
struct Leash: Sendable {
  /// The shell that starts the watcher and then turns into the program.
  static let shell = "/bin/sh"

  /// What the shell runs; its arguments are the program's executable and arguments, its standard input is the pipe.
  ///
  /// The watcher is no child of the program, which could wait for its children; the two pairs of parentheses make it an orphan. It keeps neither
  /// the program's output open nor its command line, and the program gets an empty standard input and not the pipe.
  static let script = """
    exec 3<&0 </dev/null
    ( ( trap '' HUP INT QUIT USR1 USR2 PIPE ALRM TERM
        exec /bin/sh -c 'read -r _; kill -9 0' watcher <&3 3<&- >/dev/null 2>&1 ) & ) || exit 125
    exec "$@" 3<&-
    """

  /// The end that is held.
  private let held: Descriptor

  init(_ held: Descriptor) { self.held = held }

  /// Has the watcher kill what there is of the group.
  func release() { held.close() }

  /// Sends a signal to a group, unless the leash was released: the number could belong to others then.
  func signal(_ signal: Int32, to group: ProcessGroup) {
    _ = held.whileOpen { _ in group.signal(signal) }
  }
}
