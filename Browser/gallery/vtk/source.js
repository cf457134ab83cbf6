export const source = {
  python: `
# cone.py, in a folder that the configuration names:
#   vtkweb:
#     vtkpython: /opt/vtk/bin/python
#     folders: [visualizations]

def add_arguments(parser):
    parser.add_argument("--resolution", type=int, default=24)

def initialize(self, VTKWebApp, args):
    # Built once, however many pages look at it.
    if not VTKWebApp.view:
        cone = vtkConeSource(resolution=args.resolution)
        mapper = vtkPolyDataMapper()
        mapper.SetInputConnection(cone.GetOutputPort())
        renderer = vtkRenderer()
        renderer.AddActor(vtkActor(mapper=mapper))
        window = vtkRenderWindow()
        window.AddRenderer(renderer)
        VTKWebApp.view = window
    self.Application.GetObjectIdMap().SetActiveObject(
        "VIEW", VTKWebApp.view)`,
  javascript: `
// In the markup alone:
//   <tangor-program script="cone.py"
//     arguments="--resolution 6"></tangor-program>

const program = await tangor.programs.launch("cone.py", {
  arguments: ["--resolution", "6"],
});
for await (const { text } of program.logs({ follow: true })) {
  output.append(text, "\\n");
}
await program.terminate();

// From anywhere:
//   curl -X POST 'localhost:8080/vtkweb/cone.py'`,
};
