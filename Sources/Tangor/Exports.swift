// An application imports Tangor alone; the targets are how Tangor is built and not something to know.
@_exported public import TangorCore
@_exported public import TangorJSON
@_exported public import TangorObjects
@_exported public import TangorPrograms
@_exported public import TangorServices
@_exported public import TangorServing
@_exported public import TangorSite
@_exported public import TangorStreams
@_exported public import TangorTables
