/**
 * The pages of their own, in the order of the overview.
 * @type {{href: string, pillar: string, title: string, summary: string}[]}
 */
export const pages = [
  {
    href: "whiteboard.html",
    pillar: "Objects, channels, presence",
    title: "Whiteboard",
    summary: "Draw together: open it in two tabs, and in a third one later.",
  },
  {
    href: "tables.html",
    pillar: "Tables",
    title: "Tables",
    summary: "A million rows in Perspective's viewer, and prices that move.",
  },
  {
    href: "vtk.html",
    pillar: "Programs",
    title: "A VTK program",
    summary: "A cone that Python renders on the server, and your mouse turns.",
  },
  {
    href: "sensors.html",
    pillar: "Channels, tracked values",
    title: "Sensors",
    summary: "Live values with charts, and a heater that follows its setpoint.",
  },
  {
    href: "chat.html",
    pillar: "Channels, long polls",
    title: "Chat",
    summary: "One room for WebSockets and for long polls.",
  },
  {
    href: "wait.html",
    pillar: "Signals",
    title: "A response that waits",
    summary: "It sends its first part, pauses for a signal, and goes on.",
  },
  {
    href: "sample.html",
    pillar: "Objects",
    title: "An object",
    summary: "Get, set, call and delete members of a Swift object from the page.",
  },
  {
    href: "upload.html",
    pillar: "Files",
    title: "Uploads",
    summary: "Drop files in; large ones go on after a broken connection.",
  },
];
