"""A cone that turns when it is dragged: a script for `/vtkweb`, in the form that Tangelo gave such scripts."""

import vtkmodules.vtkInteractionStyle  # noqa: F401  what dragging does
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  how the classes below draw
from vtkmodules.vtkFiltersSources import vtkConeSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow, vtkRenderWindowInteractor


def add_arguments(parser):
    parser.add_argument("--resolution", type=int, default=24, help="how many sides the cone has (24)")


def initialize(self, VTKWebApp, args):
    # Built once, however many pages look at it.
    if not VTKWebApp.view:
        cone = vtkConeSource(resolution=max(args.resolution, 3), height=1.6, radius=0.7)
        mapper = vtkPolyDataMapper()
        mapper.SetInputConnection(cone.GetOutputPort())
        actor = vtkActor(mapper=mapper)
        actor.GetProperty().SetColor(0.95, 0.55, 0.15)
        actor.GetProperty().SetAmbient(0.3)
        actor.GetProperty().SetEdgeVisibility(True)
        actor.GetProperty().SetEdgeColor(0.35, 0.16, 0.02)

        renderer = vtkRenderer()
        renderer.SetBackground(0.09, 0.12, 0.18)
        renderer.AddActor(actor)
        renderer.ResetCamera()
        renderer.GetActiveCamera().Azimuth(35)
        renderer.GetActiveCamera().Elevation(25)

        window = vtkRenderWindow()
        window.SetOffScreenRendering(True)
        window.AddRenderer(renderer)
        interactor = vtkRenderWindowInteractor()
        interactor.SetRenderWindow(window)
        interactor.GetInteractorStyle().SetCurrentStyleToTrackballCamera()
        interactor.EnableRenderOff()
        VTKWebApp.view = window
        print(f"a cone of {cone.GetResolution()} sides is ready")

    self.Application.GetObjectIdMap().SetActiveObject("VIEW", VTKWebApp.view)
