# 1a.dx: layer_norm_backward on the inputs that show what is wrong with it
import pathlib, runpy, sys
import numpy as np
file = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve() / "problem1.py"
if not file.is_file():
    sys.exit(f"There is no {file}: run this in the folder of the submission, or name that folder.")
sys.path.insert(0, str(file.parent))
layer_norm_backward = runpy.run_path(str(file), run_name="problem1")["layer_norm_backward"]
dy = np.array([1.5795928239822388, 1.921013355255127, -1.1118935346603394])
x = np.array([-3.3371713161468506, -3.2664530277252197, 4.044729709625244])
gamma = 0.8314043283462524
eps = 0.05020522698760033
own = pathlib.Path(__file__).read_text().splitlines()
print(*(line[2:] for line in own if line.startswith("# ")), sep="\n")
print("layer_norm_backward returns (dx, dgamma, dbeta)", layer_norm_backward(dy, x, gamma, eps))
# the grader saw: (array([ 0.18766 , 0.269451, -0.457111]), -4.03569, 2.38871)
# what is wrong: All 3 numbers are off, by up to 1000 % of the largest. Work it out by hand for the input that is shown.
